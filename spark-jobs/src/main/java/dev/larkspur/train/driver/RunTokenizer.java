package dev.larkspur.train.driver;

import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;

import org.apache.hadoop.conf.Configuration;

/** The tokenizer that a run was trained with. */
public final class RunTokenizer {
  private RunTokenizer() {}

  /** The run's own copy, or the one that has no file. */
  public static TokenizerSource of(RunDirectory run, Settings settings, Configuration hadoop) {
    String place =
        TokenizerIdentity.FILE_NAMES.stream()
            .filter(run::has)
            .map(copy -> run.path(copy).toString())
            .findFirst()
            .orElseGet(() -> settings.data().tokenizer());
    return TokenizerSource.read(settings.data().choice(place), hadoop);
  }
}
