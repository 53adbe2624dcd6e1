/**
 * The command line {@code larkspur}: one class for each command, and the options that they share.
 * {@link dev.larkspur.cli.Larkspur} lists the commands.
 */
package dev.larkspur.cli;
