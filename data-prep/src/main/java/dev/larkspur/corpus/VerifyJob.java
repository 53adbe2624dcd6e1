package dev.larkspur.corpus;

import dev.larkspur.corpus.ManifestHistory.ManifestName;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.SharedFiles;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.WrittenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Reads all files of a corpus and compares their hashes with its manifest. */
public final class VerifyJob {
  private VerifyJob() {}

  /**
   * Hashes every file, and checks that manifests are consistent with each other.
   *
   * @param dir directory of the corpus
   * @throws BadInputException if there is no complete manifest, or the tokenizer is missing or
   *     differs
   */
  public static VerifyResult run(SparkContext spark, String dir) {
    Configuration conf = spark.hadoopConfiguration();
    CorpusDirectory directory = new CorpusDirectory(dir, conf);
    try {
      ManifestHistory history = history(directory);
      List<CorpusManifest> complete = history.complete();
      int number = complete.isEmpty() ? 1 : complete.get(0).number();
      CorpusManifest manifest = Corpus.open(dir, number, conf).manifest();
      List<WrittenFile> files =
          manifest.parts().stream().flatMap(part -> part.files().stream()).toList();
      List<String> problems = new ArrayList<>(damaged(spark, directory, manifest.number(), files));
      for (CorpusManifest earlier : complete) {
        if (!manifest.parts().subList(0, earlier.number()).equals(earlier.parts())) {
          problems.add(
              directory.path(ManifestName.of(earlier.number()))
                  + " contradicts the newest manifest");
        }
      }
      return new VerifyResult(
          files.size(),
          files.stream().mapToLong(WrittenFile::bytes).sum(),
          problems,
          history.truncated().stream().map(name -> directory.path(name).toString()).toList());
    } catch (IOException failure) {
      throw new BadInputException(
          "Cannot verify "
              + dir
              + " ("
              + TaskFailures.rootMessage(failure)
              + "): correct the path or the access to its file system.",
          failure);
    }
  }

  static ManifestHistory history(CorpusDirectory directory) throws IOException {
    return new ManifestHistory(directory, directory.list().keySet());
  }

  private static List<String> damaged(
      SparkContext spark, CorpusDirectory directory, int manifest, List<WrittenFile> files)
      throws IOException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    SharedFiles.requireSeen(context, List.of(directory.path(ManifestName.of(manifest))));
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    // Large files first, so that the last tasks are short.
    List<WrittenFile> ordered =
        files.stream().sorted(Comparator.comparingLong(WrittenFile::bytes).reversed()).toList();
    context.setJobDescription("verifying " + directory);
    try {
      return context
          .parallelize(ordered, Math.max(1, ordered.size()))
          .map(new HashTask(conf, directory.toString()))
          .collect()
          .stream()
          .filter(problem -> !problem.isEmpty())
          .sorted()
          .toList();
    } finally {
      context.setJobDescription(null);
      conf.destroy();
    }
  }

  private static final class HashTask implements Function<WrittenFile, String> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SerializableConfiguration> conf;
    private final String dir;

    HashTask(Broadcast<SerializableConfiguration> conf, String dir) {
      this.conf = conf;
      this.dir = dir;
    }

    /** The problem of a file; empty if it is intact. */
    @Override
    public String call(WrittenFile file) {
      CorpusDirectory directory = new CorpusDirectory(dir, conf.value().value());
      return file.damage(directory.files(), directory.path(file.file()))
          .map(how -> directory.path(file.file()) + " is damaged (" + how + ")")
          .orElse("");
    }
  }

  /**
   * The result of {@link VerifyJob}.
   *
   * @param files number of files hashed: shards, and files of excluded records
   * @param bytes of all of them
   * @param problems a sentence for each damaged file; empty if the corpus is intact
   * @param truncatedManifests truncated manifests of killed runs, which are ignored, and removed by
   *     the next run
   */
  public record VerifyResult(
      int files, long bytes, List<String> problems, List<String> truncatedManifests) {
    /** Copies the lists. */
    public VerifyResult {
      problems = List.copyOf(problems);
      truncatedManifests = List.copyOf(truncatedManifests);
    }
  }
}
