/**
 * Measures a trained model, divided among Spark's tasks: its loss on the validation split, and how
 * likely it finds the choices of questions.
 */
package dev.larkspur.evaluate;
