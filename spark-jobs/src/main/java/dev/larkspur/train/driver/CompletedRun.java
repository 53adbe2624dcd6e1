package dev.larkspur.train.driver;

import dev.larkspur.run.RunDirectory;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A training that has done all its steps, known by its {@code summary.json} alone. */
public final class CompletedRun {
  private CompletedRun() {}

  /** The summary of a completed training; empty if there is none in the directory. */
  public static Optional<TrainingSummary> at(String dir, Configuration hadoop) {
    return SummaryFile.completed(new RunDirectory(dir, hadoop));
  }
}
