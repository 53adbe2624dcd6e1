/**
 * Writes metrics as TensorBoard's event files, and reads as much of them as a resumed run needs.
 */
package dev.larkspur.tensorboard;
