/**
 * Trains a grid of models, sizes by kinds of feed-forward networks, and fits how their loss falls
 * with the operations of their training (paper, section 4).
 */
package dev.larkspur.scaling;
