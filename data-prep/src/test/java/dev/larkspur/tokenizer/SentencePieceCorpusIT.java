package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceCorpusIT {
  private static final int CONTEXT = 64;

  @TempDir private Path folder;

  @Test
  void aCorpusOfASentencePieceModelHoldsTheDocuments() throws IOException {
    SparkContext spark = LocalSpark.context();
    List<String> texts = SampleDocuments.texts(400);
    Path documents = SampleDocuments.jsonLines(folder.resolve("documents.jsonl"), texts);
    Path model = folder.resolve("tokenizer.model");
    Files.write(model, ModelFile.learned(texts, 1500, 3, new Random(5)).bytes());
    String dir = folder.resolve("corpus").toString();
    PrepareJob.run(
        spark,
        new PrepareSettings(
            Input.of(List.of(documents.toString()), DocumentFormat.AUTO),
            model.toString(),
            new Blocks(CONTEXT, 0.2, 1, 7),
            dir));

    Corpus corpus = Corpus.open(dir, new Configuration());
    assertThat(corpus.manifest().tokenizer().kind()).isEqualTo("sentencepiece-bpe");
    assertThat(corpus.manifest().tokenizer().name()).isEqualTo("tokenizer.model");
    assertThat(Path.of(dir, "tokenizer.model")).hasSameBinaryContentAs(model);
    assertThat(Path.of(dir, "tokenizer.json")).doesNotExist();
    Set<String> written = new HashSet<>(texts);
    TokenOrder order = TokenOrder.sequential(corpus.manifest(), Split.TRAIN);
    int whole = 0;
    int[] block = new int[CONTEXT + 1];
    try (BlockReader reader = new BlockReader(corpus, Split.TRAIN)) {
      for (long index = 0; index < order.blocks(); index++) {
        reader.read(order.locate(index), block, 0);
        whole += wholeDocuments(block, corpus.tokenizer(), written);
      }
    }
    assertThat(whole).isGreaterThan(50);
  }

  /** Counts the documents between two ends of text, each of which must be one that was written. */
  private static int wholeDocuments(int[] block, Tokenizer tokenizer, Set<String> written) {
    int whole = 0;
    int begin = -1;
    for (int i = 0; i < block.length; i++) {
      if (block[i] == tokenizer.endOfText()) {
        if (begin >= 0) {
          assertThat(written).contains(tokenizer.decode(Arrays.copyOfRange(block, begin, i)));
          whole++;
        }
        begin = i + 1;
      }
    }
    return whole;
  }
}
