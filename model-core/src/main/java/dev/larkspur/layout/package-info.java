/**
 * How a model's parameters lie in a file that others read: under which names, in which shapes, and
 * which ranges of the flat vector each tensor is made of. The same description serves both ways, so
 * what is written can be read back to the bit.
 */
package dev.larkspur.layout;
