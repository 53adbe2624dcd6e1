package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.document.SampleDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Needs Llama's {@code tokenizer.model}, which its terms do not allow to carry along. */
class LlamaTokenizerTest {
  private static byte[] model;
  private static Tokenizer llama;

  @BeforeAll
  static void load() throws IOException {
    String path = setting("LARKSPUR_LLAMA_TOKENIZER");
    assumeTrue(path != null, "LARKSPUR_LLAMA_TOKENIZER does not name Llama's tokenizer.model");
    model = Files.readAllBytes(Path.of(path));
    llama = new TokenizerSource("tokenizer.model", model).tokenizer();
  }

  private static String setting(String name) {
    return System.getProperty(name, System.getenv(name));
  }

  @Test
  void aTextOfThePaperOfLlama() {
    assertThat(llama.vocabulary()).isEqualTo(32_000);
    assertThat(llama.endOfText()).isEqualTo(2);
    assertThat(llama.encode("Hello world")).containsExactly(15043, 3186);
    assertThat(llama.encode("\n</s>")).containsExactly(29871, 13, 829, 29879, 29958);
  }

  @Test
  void idsAreThoseOfTheLibrary() throws IOException {
    try (Reference library = new Reference(model)) {
      for (String text : SampleDocuments.texts(3000)) {
        library.compareAndReturn(llama, text);
      }
      Random random = new Random(13);
      for (int i = 0; i < 20_000; i++) {
        library.compareAndReturn(llama, RandomText.of(random));
      }
      library.compareAndReturn(llama, "aaaa".repeat(7000) + " " + "dictionary".repeat(300));
    }
  }

  @Test
  void idsOfWebTextAreThoseOfTheLibrary() throws IOException {
    String path = setting("LARKSPUR_WEB_SAMPLE");
    assumeTrue(path != null, "LARKSPUR_WEB_SAMPLE does not name a JSONL file of documents");
    List<String> texts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(path))) {
      texts.add(new ObjectMapper().readTree(line).path("content").asText());
    }
    assertThat(texts).hasSizeGreaterThan(100);
    try (Reference library = new Reference(model)) {
      texts.forEach(text -> library.compareAndReturn(llama, text));
      library.compareAndReturn(llama, String.join("\n", texts));
    }
  }
}
