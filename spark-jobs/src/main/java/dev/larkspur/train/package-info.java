/**
 * The training job. The driver side ({@link dev.larkspur.train.TrainingJob}) plans, resumes and
 * starts one Spark barrier stage with a task for each device; the worker side ({@code
 * TrainingLoop}) trains a replica and shares gradients with its peers.
 */
package dev.larkspur.train;
