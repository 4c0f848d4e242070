/**
 * Something that whoever starts the program can mend: a port taken, a folder that cannot be written, a wrong address.
 * Its message is one plain line; a stack would only hide it.
 */
export class StartFault extends Error {
  override readonly name = "StartFault";
}
