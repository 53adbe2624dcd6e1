package dev.larkspur.train.driver;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.settings.Settings;
import dev.larkspur.tokenizer.EndOfText;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;

/** Files of a run directory from its first attempt on, which make the run self-contained. */
public final class RunDescription {
  private final RunDirectory run;
  private final CorpusManifest corpus;
  private final ModelConfig model;
  private final Configuration hadoop;

  RunDescription(RunDirectory run, CorpusManifest corpus, ModelConfig model, Configuration hadoop) {
    this.run = run;
    this.corpus = corpus;
    this.model = model;
    this.hadoop = hadoop;
  }

  /** Adds the values that came from the corpus, so that the run can be used without it. */
  Settings complete(Settings given) {
    Config resolved =
        given
            .resolved()
            .withValue("model.context", ConfigValueFactory.fromAnyRef(model.context()))
            .withValue("model.vocabulary", ConfigValueFactory.fromAnyRef(model.vocabulary()));
    TokenizerIdentity tokenizer = corpus.tokenizer();
    if (!tokenizer.hasFile()) {
      resolved =
          resolved.withValue("data.tokenizer", ConfigValueFactory.fromAnyRef(tokenizer.name()));
    }
    String endOfText = otherEndOfText(given.data().corpus());
    if (endOfText != null) {
      resolved = resolved.withValue("data.end-of-text", ConfigValueFactory.fromAnyRef(endOfText));
    }
    // Starting over is decided for each start of the run.
    resolved = resolved.withValue("run.start-over", ConfigValueFactory.fromAnyRef(false));
    return given.withResolved(resolved);
  }

  /** The end-of-text token, if it differs from that of the tokenizer's file; else null. */
  private String otherEndOfText(String directory) {
    TokenizerIdentity tokenizer = corpus.tokenizer();
    if (!tokenizer.hasFile()) {
      return null;
    }
    byte[] file = new RunDirectory(directory, hadoop).read(tokenizer.fileName());
    return new TokenizerSource(tokenizer.name(), file, EndOfText.of(tokenizer.endOfText()))
        .otherEndOfText()
        .orElse(null);
  }

  /** Writes the settings of the checkpoint that a run ended with, if the run no longer has them. */
  void restore(Provenance provenance) {
    if (!run.has(RunDirectory.CONFIG)) {
      run.write(RunDirectory.CONFIG, provenance.config());
    }
  }

  /**
   * Writes the settings and the tokenizer. Settings may differ from those at the start of the run,
   * for example by a longer training; the file has the newest.
   */
  void write(Settings settings) {
    keep(RunDirectory.CONFIG, settings.toHocon().getBytes(StandardCharsets.UTF_8));
    TokenizerIdentity tokenizer = corpus.tokenizer();
    if (tokenizer.hasFile()) {
      RunDirectory source = new RunDirectory(settings.data().corpus(), hadoop);
      keep(tokenizer.fileName(), source.read(tokenizer.fileName()));
    }
  }

  /** Does not rewrite an identical file: an attempt that dies while writing would truncate it. */
  private void keep(String name, byte[] content) {
    if (!run.has(name) || !Arrays.equals(run.read(name), content)) {
      run.write(name, content);
    }
  }

  /** The tokenizer that a run was trained with. */
  public static final class RunTokenizer {
    private RunTokenizer() {}

    /** The run's own copy, or a tokenizer without a file. */
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
}
