/** Which configuration the log of a process has. */
package dev.larkspur.logging;
