package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Tokenizer load(ObjectNode root) {
    byte[] file = root.toString().getBytes(StandardCharsets.UTF_8);
    return new TokenizerSource("other.json", file).tokenizer();
  }

  private static ObjectNode byteLevel(int words) throws IOException {
    List<WordCount> counts = new ArrayList<>();
    for (String text : SampleDocuments.texts(words)) {
      for (String word : text.split("(?= )", -1)) {
        counts.add(new WordCount(word, 1));
      }
    }
    List<Merge> merges = new MergeLearner(counts).learn(500, 2);
    return (ObjectNode) JSON.readTree(TokenizerJsonWriter.write(BpeTrainer.bpe(merges)));
  }

  private static ObjectNode unigram() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode vocab =
        root.putObject("model").put("type", "Unigram").put("unk_id", 0).putArray("vocab");
    vocab.addArray().add("<unk>").add(0.0);
    vocab.addArray().add("</s>").add(0.0);
    String letters = "\u2581abcdefghijklmnopqrstuvwxyz</>";
    letters.chars().forEach(c -> vocab.addArray().add(Character.toString(c)).add(-5.0));
    vocab.addArray().add("\u2581the").add(-3.0);
    special(root, 0, "<unk>");
    special(root, 1, "</s>");
    ObjectNode metaspace = root.putObject("pre_tokenizer").put("type", "Metaspace");
    metaspace.put("replacement", "\u2581").put("prepend_scheme", "always").put("split", true);
    root.set("decoder", metaspace.deepCopy());
    return root;
  }

  private static ObjectNode wordPiece() {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", "[UNK]");
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
    ObjectNode vocab = model.putObject("vocab");
    for (String word : List.of("[UNK]", "[SEP]", "play", "##ing", "##ed", "the", "[", "]", "sep")) {
      vocab.put(word, vocab.size());
    }
    special(root, 0, "[UNK]");
    special(root, 1, "[SEP]");
    root.putObject("normalizer").put("type", "Lowercase");
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", false);
    return root;
  }

  private static void special(ObjectNode root, int id, String content) {
    root.withArray("added_tokens")
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static void compare(ObjectNode root, List<String> texts) throws IOException {
    Tokenizer ours = load(root);
    assertThat(ours.identity().kind()).isEqualTo("hugging-face");
    try (HuggingFaceTokenizer library = HuggingFaceLibrary.load("whole", root.toString())) {
      for (String text : texts) {
        int[] ids = ours.encode(text);
        long[] theirs = library.encode(text, false, false).getIds();
        assertThat(Arrays.stream(ids).asLongStream().toArray()).as(text).isEqualTo(theirs);
        assertThat(ours.decode(ids)).as(text).isEqualTo(library.decode(theirs, false));
      }
    }
  }

  @Test
  void idsAndTextsAreThoseOfTheFileAsItIs() throws IOException {
    List<String> texts = new ArrayList<>(SampleDocuments.texts(200));
    Random random = new Random(17);
    for (int i = 0; i < 500; i++) {
      texts.add(RandomText.of(random).replace("\0", ""));
    }
    ObjectNode normalised = byteLevel(200);
    normalised.putObject("normalizer").put("type", "NFC");
    compare(normalised, texts);
    compare(unigram(), List.of("the cat", "the  then", "a b/c", "</", ""));
    compare(wordPiece(), List.of("playing the played", "The SEP", "other", "[sep]"));
  }

  @Test
  void specialTokensInTextAreText() throws IOException {
    ObjectNode normalised = byteLevel(50);
    normalised.putObject("normalizer").put("type", "NFC");
    Tokenizer bytes = load(normalised);
    assertThat(bytes.decode(bytes.encode("a<|endoftext|>b"))).isEqualTo("a<|endoftext|>b");
    assertThat(bytes.encode("<|endoftext|>"))
        .doesNotContain(bytes.endOfText())
        .hasSizeGreaterThan(3);

    Tokenizer unigram = load(unigram());
    assertThat(unigram.endOfText()).isEqualTo(1);
    assertThat(unigram.encode("a</s>b")).doesNotContain(1);
    assertThat(unigram.decode(unigram.encode("a</s>b"))).isEqualTo("a</s>b");

    Tokenizer words = load(wordPiece());
    assertThat(words.encode("[SEP]")).containsExactly(6, 8, 7);
    assertThat(words.decode(words.encode("[SEP]"))).isEqualTo("[ sep ]");
    assertThat(words.encode("[UNK]")).contains(0);
  }

  @Test
  void tokensAddedToTheVocabularyKeepTheirIds() throws IOException {
    ObjectNode root = byteLevel(50);
    int next = root.path("model").path("vocab").size();
    special(root, next, "<|start|>");
    root.withArray("added_tokens")
        .addObject()
        .put("id", next + 1)
        .put("content", "    ")
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", false);
    Tokenizer tokenizer = load(root);
    assertThat(tokenizer.vocabulary()).isEqualTo(next + 2);
    assertThat(tokenizer.encode("a    b")).contains(next + 1);
    assertThat(tokenizer.encode("<|start|>")).doesNotContain(next);
    assertThat(tokenizer.specialTokens()).containsEntry(next, "<|start|>").hasSize(2);
    assertThat(tokenizer.encoder()).contains("Hugging Face library", "is not special");
  }

  @Test
  void sentencePieceModelsGiveTheSameIds() {
    List<String> texts = SampleDocuments.texts(200);
    ModelFile model = ModelFile.learned(texts, 1500, 1, new Random(5));
    // A merge of characters that are no pieces has no place in a tokenizer.json.
    String.join("", texts)
        .chars()
        .distinct()
        .filter(c -> c != ' ' && c != '\n')
        .forEach(c -> model.remove(Character.toString(c)).normal(Character.toString(c), -5000 - c));
    TokenizerSource source = new TokenizerSource("test.model", model.bytes());
    Tokenizer theirs = source.byHuggingFace();
    for (String text : texts) {
      assertThat(theirs.encode(text)).as(text).isEqualTo(source.tokenizer().encode(text));
      assertThat(theirs.decode(theirs.encode(text))).isEqualTo(text);
    }
    assertThat(theirs.endOfText()).isEqualTo(2);
  }

  @Test
  void gpt2GivesTheSameIds() {
    TokenizerSource source = new TokenizerSource("gpt2", new byte[0]);
    Tokenizer theirs = source.byHuggingFace();
    assertThat(theirs.vocabulary()).isEqualTo(50_257);
    for (String text : SampleDocuments.texts(500)) {
      assertThat(theirs.encode(text)).as(text).isEqualTo(source.tokenizer().encode(text));
    }
  }

  private static void refused(ObjectNode root, String reason) {
    assertThatThrownBy(() -> load(root))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("other.json")
        .hasMessageContaining(reason);
  }

  @Test
  void whatWouldBeWrongIsRefused() throws IOException {
    ObjectNode noEnd = unigram();
    ((ObjectNode) noEnd.withArray("added_tokens").get(1)).put("content", "<stop>");
    refused(noEnd, "none of its special tokens [<unk>, <stop>]");
    ObjectNode merged = byteLevel(50);
    merged.putObject("normalizer").put("type", "NFC");
    special(merged, merged.path("model").path("vocab").get("in").asInt(), "in");
    refused(merged, "special token 'in' is also what a merge gives");
    ObjectNode decoder = unigram();
    decoder.putObject("decoder").put("type", "CTC");
    refused(decoder, "its decoder (CTC)");
    ObjectNode unknown = unigram();
    ((ObjectNode) unknown.get("model")).put("type", "Mystery");
    refused(unknown, "The Hugging Face library cannot read");
    refused(JSON.createObjectNode(), "it has no model");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    String property = "DJL_CACHE_DIR";
    String before = System.getProperty(property);
    Path file = Files.writeString(folder.resolve("file"), "");
    System.setProperty(property, file.resolve("djl").toString());
    try {
      refusedFolder(file.resolve("djl"));
    } finally {
      System.setProperty(property, before);
    }
  }

  private static void refusedFolder(Path folder) {
    ObjectNode root = unigram();
    root.put("note", "not loaded before");
    assertThatThrownBy(() -> load(root))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("let DJL_CACHE_DIR name a folder");
  }
}
