/**
 * A page of the curves, settings and events of runs: served to a browser while runs go on, and
 * written into the directory of a run that has ended. Reads run directories alone.
 */
package dev.larkspur.watch;
