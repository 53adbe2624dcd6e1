/**
 * The command line {@code larkspur}: one class per command, and shared options. {@link
 * dev.larkspur.cli.Larkspur} lists the commands.
 */
package dev.larkspur.cli;
