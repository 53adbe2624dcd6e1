package dev.larkspur.run;

import java.io.Serializable;

/**
 * The origin of a checkpoint.
 *
 * @param config all settings of the run, as HOCON
 * @param corpusFingerprint SHA-256 of the corpus's manifest; empty for imported parameters
 * @param workers number of workers of the training that wrote it
 * @param larkspur version
 * @param engine name and version
 * @param spark version
 * @param java version
 */
public record Provenance(
    String config,
    String corpusFingerprint,
    int workers,
    String larkspur,
    String engine,
    String spark,
    String java)
    implements Serializable {

  /** Whether the parameters were not trained in this run. */
  public boolean imported() {
    return corpusFingerprint.isEmpty();
  }
}
