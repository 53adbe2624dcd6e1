/**
 * Collectives over TCP in Java alone, for engines that bring none of their own: worker 0 keeps the
 * store through which the workers meet, and every two workers have one connection.
 *
 * <p>A connection begins with the {@link dev.larkspur.collective.socket.GroupToken} of the group;
 * whoever does not know it is dropped. The token tells groups apart. It does not hide what is sent.
 */
package dev.larkspur.collective.socket;
