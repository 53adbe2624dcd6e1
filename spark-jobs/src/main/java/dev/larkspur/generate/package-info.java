/** Continues text with a trained model, in this process and without Spark. */
package dev.larkspur.generate;
