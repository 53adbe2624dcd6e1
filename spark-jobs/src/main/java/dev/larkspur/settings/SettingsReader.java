package dev.larkspur.settings;

import com.typesafe.config.Config;
import dev.larkspur.settings.DataReader.SourcesReader;
import dev.larkspur.settings.RunSettings.CheckpointSettings;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.storage.QualifiedPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Turns a merged tree into records, or into the list of everything that is wrong with it. */
final class SettingsReader {
  private final Schema schema;
  private final Values values;
  private final Purpose purpose;

  SettingsReader(Config tree, Schema schema, Purpose purpose) {
    this.schema = schema;
    this.values = new Values(tree, schema);
    this.purpose = purpose;
  }

  /**
   * The settings.
   *
   * @throws SettingsException with all problems
   */
  Settings read() {
    List<SettingsProblem> broken = schema.brokenGroups(values.tree().root());
    if (!broken.isEmpty()) {
      throw new SettingsException(broken);
    }
    RecordReader records = new RecordReader(values);
    Optional<RunSettings> run = records.read("run", RunSettings.class);
    Optional<DataSettings> data = new DataReader(values).read();
    Optional<ModelSettings> model = new ModelReader(values, purpose).read();
    TrainingReader trainingReader = new TrainingReader(values, purpose);
    Optional<TrainingSettings> training = trainingReader.read();
    model.ifPresent(of -> training.ifPresent(with -> trainingReader.check(of, with)));
    Optional<CheckpointSettings> checkpoint = records.read("checkpoint", CheckpointSettings.class);
    Optional<ScalingSettings> scaling = new ScalingReader(values).read();
    if (purpose == Purpose.PREPARE) {
      requireDocuments();
    }
    purpose.requiredKeys().stream().filter(key -> !values.present(key)).forEach(values::missing);

    if (!values.read().equals(schema.keys())) {
      Set<String> forgotten = new TreeSet<>(schema.keys());
      forgotten.removeAll(values.read());
      throw new IllegalStateException("no record has a component for " + forgotten);
    }
    new PathCheck(values).check(purpose.pathKeys());

    List<SettingsProblem> problems = new ArrayList<>(schema.unknown(values.tree().root()));
    problems.addAll(values.problems());
    problems.addAll(SparkTree.credentials(values.tree()));
    problems.addAll(SparkTree.unreadable(values.tree()));
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return new Settings(
        run.orElseThrow(),
        data.orElseThrow(),
        model.orElse(null),
        training.orElse(null),
        checkpoint.orElseThrow(),
        scaling.orElseThrow(),
        new Settings.Tree(values.tree(), SparkTree.flatten(values.tree())));
  }

  private void requireDocuments() {
    if (!values.present("data.documents") && !values.present(SourcesReader.KEY)) {
      values.missing("data.documents", SourcesReader.KEY);
    } else if (values.present("data.documents") && values.present(SourcesReader.KEY)) {
      values.refuse(
          SourcesReader.KEY, "both it and data.documents are set", "set one of them to null");
    }
  }

  /** Refuses paths whose file system cannot be found, before anything starts. */
  static final class PathCheck {
    private static final String LOCAL = "file";

    private final Values values;
    private Configuration hadoop;

    PathCheck(Values values) {
      this.values = values;
    }

    /** Checks the settings that hold paths; skips those that are not set or not text. */
    void check(List<String> keys) {
      for (String key : keys) {
        if (values.present(key) && !values.refused(key)) {
          values.texts(key).orElse(List.of()).forEach(path -> check(key, path));
        }
      }
    }

    private void check(String key, String path) {
      String scheme;
      try {
        scheme = QualifiedPath.given(path).toUri().getScheme();
      } catch (IllegalArgumentException noPath) {
        values.refuse(key, "is not a path: " + noPath.getMessage(), "correct the path");
        return;
      }
      if (scheme != null && !scheme.equals(LOCAL) && !known(scheme)) {
        values.refuse(
            key,
            "there is no file system for " + scheme + "://",
            "correct the path, or put the file system's jar on the class path and its class into"
                + " spark.hadoop.fs."
                + scheme
                + ".impl");
      }
    }

    private boolean known(String scheme) {
      try {
        FileSystem.getFileSystemClass(scheme, hadoop());
        return true;
      } catch (IOException | RuntimeException none) {
        return false;
      }
    }

    /** A configuration with the properties that Spark passes to Hadoop. */
    private Configuration hadoop() {
      if (hadoop == null) {
        // Spark logs a warning each time a deprecated name is set.
        SparkConf spark = new SparkConf();
        SparkTree.flatten(values.tree()).forEach((key, value) -> spark.set(key, value, true));
        hadoop = SparkHadoopUtil.get().newConfiguration(spark);
      }
      return hadoop;
    }
  }
}
