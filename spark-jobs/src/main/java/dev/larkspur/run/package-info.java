/**
 * A run's directory on any Hadoop file system, and the checkpoints in it. Nothing is renamed: a
 * file is written once under its final name, and a checkpoint is committed when its manifest,
 * written last, lists every file of it.
 */
package dev.larkspur.run;
