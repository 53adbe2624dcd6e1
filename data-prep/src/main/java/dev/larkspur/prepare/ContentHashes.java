package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Computes SHA-256 of document files whose file systems have no checksums, reading each file once.
 */
final class ContentHashes {
  private static final int FILES_OF_A_TASK = 64;

  private final JavaSparkContext context;
  private final Map<String, String> known = new HashMap<>();

  ContentHashes(JavaSparkContext context) {
    this.context = context;
  }

  /** The hashes, in hexadecimal, by path. */
  Map<String, String> of(Collection<InputFile> files) {
    List<String> unknown = new ArrayList<>();
    for (InputFile file : files) {
      if (!known.containsKey(file.file())) {
        unknown.add(file.file());
      }
    }
    if (!unknown.isEmpty()) {
      read(unknown);
    }
    return Map.copyOf(known);
  }

  private void read(List<String> files) {
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    int tasks =
        Math.max(
            Math.min(files.size(), 4 * context.defaultParallelism()),
            files.size() / FILES_OF_A_TASK);
    context.setJobDescription("hashing documents");
    try {
      context
          .parallelize(files, tasks)
          .map(file -> new Tuple2<>(file, hash(new Path(file), conf.value().value())))
          .collect()
          .forEach(pair -> known.put(pair._1(), pair._2()));
    } finally {
      context.setJobDescription(null);
      conf.destroy();
    }
  }

  private static String hash(Path path, Configuration conf) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = new DigestInputStream(RawFiles.of(path, conf).open(path), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Sha256.hex(digest);
  }
}
