/** Measures a trained model on the complete validation split, divided among Spark's tasks. */
package dev.larkspur.evaluate;
