/**
 * The command line {@code larkspur}: one class a command, the options they share, and how failures
 * reach the user. {@link dev.larkspur.cli.Larkspur} lists the commands.
 */
package dev.larkspur.cli;
