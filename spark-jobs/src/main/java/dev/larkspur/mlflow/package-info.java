/** Sends metrics to an MLflow tracking server. */
package dev.larkspur.mlflow;
