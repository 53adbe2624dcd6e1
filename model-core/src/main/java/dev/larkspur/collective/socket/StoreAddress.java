package dev.larkspur.collective.socket;

/**
 * Where clients reach the store of worker 0, and the token that they send.
 *
 * @param host name or address
 * @param port TCP port
 * @param token of the group
 */
record StoreAddress(String host, int port, GroupToken token) {

  /**
   * Parses the result of {@link #toString}.
   *
   * @throws IllegalArgumentException if {@code announced} is not such a result
   */
  static StoreAddress parse(String announced) {
    int at = announced.indexOf('@');
    int colon = announced.lastIndexOf(':');
    if (at < 0 || colon < at) {
      throw new IllegalArgumentException("not an address of a store: token@host:port is one");
    }
    return new StoreAddress(
        announced.substring(at + 1, colon),
        Integer.parseInt(announced.substring(colon + 1)),
        GroupToken.parse(announced.substring(0, at)));
  }

  @Override
  public String toString() {
    return token + "@" + host + ":" + port;
  }
}
