/**
 * Collectives over TCP in pure Java, for engines without a transport. Worker 0 runs the store that
 * the workers use for the rendezvous, and every two workers share one connection.
 *
 * <p>A connection starts with the {@link dev.larkspur.collective.socket.GroupToken} of the group; a
 * client without the token is disconnected. The token separates groups. It does not encrypt data.
 */
package dev.larkspur.collective.socket;
