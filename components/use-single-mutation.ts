"use client";

import { type UseMutationOptions, type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";

type Single<Data, Input> = Omit<UseMutationResult<Data, Error, Input>, "mutate" | "mutateAsync"> & {
  mutate: (input: Input, options?: { onSuccess?: () => void }) => void;
};

/**
 * A mutation that does nothing while it is already under way. A button's pending state comes a moment after the press,
 * too late for the second press of a double click.
 */
export function useSingleMutation<Data, Input = void>(
  options: Omit<UseMutationOptions<Data, Error, Input>, "mutationKey">,
): Single<Data, Input> {
  const mutationKey = ["single", useId()];
  const queries = useQueryClient();
  const mutation = useMutation({ ...options, mutationKey });
  return {
    ...mutation,
    mutate: (input, then) => {
      if (queries.isMutating({ mutationKey }) === 0) mutation.mutate(input, then);
    },
  };
}
