/**
 * What happens around a command: checks of the JVM, Spark and the master before it starts, signals
 * while it runs, and how a failure becomes a message and an exit code.
 */
package dev.larkspur.launch;
