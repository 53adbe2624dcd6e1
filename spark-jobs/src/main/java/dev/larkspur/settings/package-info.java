/**
 * The settings of every command: HOCON files, presets packaged in the jar and {@code --set}
 * overrides, merged over {@code conf/reference.conf} and checked at once into records. The tree of
 * {@code conf/reference.conf} is the schema of the known keys.
 */
package dev.larkspur.settings;
