/** As few headers and as little work around the handler as Next allows. */
export default { poweredByHeader: false, compress: false, serverExternalPackages: ["pg"] };
