package dev.larkspur.benchmark;

import dev.larkspur.benchmark.Rounds.CpuClock;
import dev.larkspur.benchmark.Rounds.Part;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.PrivateBuffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The prepare job, from document files to a finished corpus. Each run replaces the corpus of the
 * previous one.
 *
 * @param name of the part
 * @param session local to this process, because only its processor time is measured
 * @param documents paths
 * @param tokenizer as in {@code data.tokenizer}
 * @param corpus directory for the corpus
 */
public record PreparePart(
    String name, SparkSession session, List<String> documents, String tokenizer, String corpus)
    implements Part {
  // Small values, so that few documents suffice; neither affects the time noticeably.
  private static final int CONTEXT = 256;
  private static final double VALIDATION = 0.05;
  private static final int SHARDS = 4;
  private static final long SEED = 1005;

  /** Copies the list. */
  public PreparePart {
    documents = List.copyOf(documents);
  }

  @Override
  public CpuClock clock() {
    return CpuClock.PROCESS;
  }

  @Override
  public long run() {
    Path directory = new Path(corpus);
    try {
      PrivateBuffers.fileSystem(directory, session.sparkContext().hadoopConfiguration())
          .delete(directory, true);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    CorpusManifest manifest =
        PrepareJob.run(
                session,
                new PrepareSettings(
                    Input.of(documents, DocumentFormat.AUTO),
                    tokenizer,
                    new Blocks(CONTEXT, VALIDATION, SHARDS, SEED),
                    corpus))
            .manifest();
    return manifest.train().tokens() + manifest.validation().tokens();
  }
}
