package dev.larkspur.collective.socket;

/**
 * Where worker 0 keeps the store, and what its clients must know.
 *
 * @param host name or address
 * @param port of TCP
 * @param token of the group
 */
record StoreAddress(String host, int port, GroupToken token) {

  /**
   * What {@link #toString} has written.
   *
   * @throws IllegalArgumentException if it is something else
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
