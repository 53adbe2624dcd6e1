package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.larkspur.LocalSpark;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.storage.FaultyFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerIT {
  private static final int VOCABULARY = 3000;
  private static final Configuration CONF = new Configuration();

  @TempDir private static Path folder;
  private static SparkContext spark;
  private static List<String> texts;
  private static DocumentSource documents;
  private static TrainedTokenizer trained;

  @BeforeAll
  static void train() throws IOException {
    spark = LocalSpark.context();
    texts = SampleDocuments.texts(12_000);
    Path file = SampleDocuments.jsonLines(folder.resolve("all.jsonl"), texts);
    documents = new DocumentSource(List.of(file.toString()), DocumentFormat.AUTO);
    trained = BpeTrainer.train(spark, documents, VOCABULARY);
  }

  @Test
  void theVocabularyIsBytesMergesAndTheEnd() {
    Tokenizer tokenizer = trained.tokenizer();
    assertThat(tokenizer.vocabulary()).isEqualTo(VOCABULARY);
    assertThat(tokenizer.endOfText()).isEqualTo(VOCABULARY - 1);
    for (int value = 0; value < 256; value++) {
      assertThat(tokenizer.bytes(value)).containsExactly(value);
    }
    int ids = texts.stream().mapToInt(text -> tokenizer.encode(text).length).sum();
    int characters = texts.stream().mapToInt(String::length).sum();
    assertThat(characters / (double) ids).isBetween(2.5, 4.5);
  }

  @Test
  void filesAndTheirOrderDoNotMatter() throws IOException {
    Path many = folder.resolve("many");
    Files.createDirectories(many);
    for (int i = 0; i < 7; i++) {
      int from = (6 - i) * texts.size() / 7;
      int to = (7 - i) * texts.size() / 7;
      SampleDocuments.jsonLines(many.resolve(i + ".jsonl.gz"), texts.subList(from, to));
    }
    DocumentSource source = new DocumentSource(List.of(many.toString()), DocumentFormat.AUTO);
    assertThat(BpeTrainer.train(spark, source, VOCABULARY).json()).isEqualTo(trained.json());
  }

  @Test
  void idsAreThoseOfHuggingFace() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    trained.write(file.toString(), CONF);
    Tokenizer ours = TokenizerSource.read(file.toString(), CONF).tokenizer();
    try (HuggingFaceTokenizer theirs =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(file)
            .optAddSpecialTokens(false)
            .optTruncation(false)
            .optPadding(false)
            .build()) {
      for (String text : SampleDocuments.texts(1500)) {
        same(ours, theirs, text);
      }
      Random random = new Random(11);
      for (int i = 0; i < 3000; i++) {
        same(ours, theirs, randomText(random));
      }
      same(ours, theirs, "aaaa".repeat(700) + " " + "dictionary".repeat(300));
    }
  }

  private static void same(Tokenizer ours, HuggingFaceTokenizer theirs, String text) {
    int[] ids = ours.encode(text);
    assertThat(Arrays.stream(ids).asLongStream().toArray())
        .as(text)
        .isEqualTo(theirs.encode(text).getIds());
    assertThat(ours.decode(ids)).isEqualTo(text);
  }

  /** Characters of all kinds, with much white space, and pieces of words. */
  private static String randomText(Random random) {
    String likely = "  \n\t\r'sdmtlvre0123456789.,;-éßñ\u00a0\u3000\u0085\u200b²½Ⅷ٣字かА가😀";
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(60); length > 0; length--) {
      int choice = random.nextInt(10);
      int point =
          choice < 4
              ? likely.codePointAt(random.nextInt(likely.length()))
              : choice < 8 ? 'a' + random.nextInt(26) : random.nextInt(0x30000);
      // A newer Unicode than the JDK's may call an unassigned character a letter.
      boolean usable = Character.isDefined(point) && (point < 0xd800 || point > 0xdfff);
      text.appendCodePoint(usable ? point : ' ');
    }
    return text.toString();
  }

  @Test
  void aVocabularyOutOfReachIsRefused() throws IOException {
    assertThatThrownBy(() -> BpeTrainer.train(spark, documents, 257))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("258");
    Path file =
        SampleDocuments.jsonLines(folder.resolve("few.jsonl"), List.of("ab ab ab", "xy xy"));
    DocumentSource few = new DocumentSource(List.of(file.toString()), DocumentFormat.AUTO);
    assertThatThrownBy(() -> BpeTrainer.train(spark, few, 300))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("not of 300")
        .hasMessageContaining("lower the vocabulary");
  }

  @Test
  void documentsWithoutTheFieldOfTheTextAreNamed() throws IOException {
    Path file = SampleDocuments.jsonLines(folder.resolve("field.jsonl"), List.of("ab ab ab"));
    DocumentSource other =
        new DocumentSource(
            List.of(file.toString()),
            DocumentFormat.AUTO,
            new DocumentFields("text", "url"),
            RejectionLimits.USUAL);
    assertThatThrownBy(() -> BpeTrainer.train(spark, other, 300))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("no text in \"text\"")
        .hasMessageContaining("data.fields.content");
  }

  @Test
  void aTruncatedFileIsWrittenAgain() throws IOException {
    Path file = folder.resolve("cut.json");
    byte[] whole = trained.json().getBytes(StandardCharsets.UTF_8);
    for (int length : new int[] {0, 1, 30, 100, whole.length / 2, whole.length - 3}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(TrainedTokenizer.at(file.toString(), CONF)).as("%d bytes", length).isEmpty();
      trained.write(file.toString(), CONF);
      assertThat(file).hasBinaryContent(whole);
    }
    assertThat(TrainedTokenizer.at(file.toString(), CONF))
        .hasValueSatisfying(
            there -> assertThat(there.vocabulary()).isEqualTo(trained.tokenizer().vocabulary()));
  }

  @Test
  void aWholeTokenizerOfOtherContentIsNotOverwritten() throws IOException {
    Path file = folder.resolve("other.json");
    TrainedTokenizer smaller = BpeTrainer.train(spark, documents, 400);
    smaller.write(file.toString(), CONF);
    assertThatThrownBy(() -> trained.write(file.toString(), CONF))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("other.json");
    assertThat(file).hasContent(smaller.json());
  }

  @Test
  void aFullDiskIsOneErrorAndARunWithRoomSucceeds() {
    Configuration conf = new Configuration();
    conf.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    String file = "faulty://" + folder.resolve("full.json");
    FaultyFileSystem.room(500);
    assertThatThrownBy(() -> trained.write(file, conf))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("full.json (No space left on device): free space there");
    FaultyFileSystem.room(Long.MAX_VALUE);
    trained.write(file, conf);
    assertThat(folder.resolve("full.json")).hasContent(trained.json());
  }

  @Test
  void anotherFileIsNotOverwritten() throws IOException {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, "mine");
    assertThatThrownBy(() -> trained.write(file.toString(), CONF))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("mine.json");
    assertThatThrownBy(() -> TrainedTokenizer.at(file.toString(), CONF))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("Another file exists at " + file);
    assertThat(file).hasContent("mine");
  }
}
