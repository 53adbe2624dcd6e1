/** Measures a trained model on the whole validation split, divided among Spark's tasks. */
package dev.larkspur.evaluate;
