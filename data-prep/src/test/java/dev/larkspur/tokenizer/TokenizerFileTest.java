package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private ObjectNode root;
  private ObjectNode model;
  private ObjectNode vocab;

  @BeforeEach
  void learn() throws IOException {
    List<Merge> merges =
        new MergeLearner(List.of(new WordCount(" abcabd", 5), new WordCount("cab", 3))).learn(5, 2);
    root = (ObjectNode) JSON.readTree(TokenizerJsonWriter.write(BpeTrainer.bpe(merges)));
    model = (ObjectNode) root.get("model");
    vocab = (ObjectNode) model.get("vocab");
  }

  private Tokenizer load() {
    byte[] bytes = root.toString().getBytes(StandardCharsets.UTF_8);
    return new TokenizerSource("words.json", bytes).tokenizer();
  }

  private void refused(String reason) {
    byte[] bytes = root.toString().getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ByteLevelBpe.parse("words.json", bytes))
        .isInstanceOf(OtherTokenizer.class)
        .hasMessageContaining(reason);
  }

  @Test
  void bothWaysOfWritingMergesAreRead() {
    int[] ids = load().encode(" abcabd cab x");
    assertThat(ids).hasSizeLessThan(13);
    ArrayNode merges = JSON.createArrayNode();
    for (var merge : model.withArray("merges")) {
      String[] pair = merge.asText().split(" ", 2);
      merges.addArray().add(pair[0]).add(pair[1]);
    }
    model.set("merges", merges);
    assertThat(load().encode(" abcabd cab x")).isEqualTo(ids);
  }

  @Test
  void everyOtherFeatureIsNamed() {
    check(tree -> tree.putObject("normalizer").put("type", "NFC"), "normalizer (NFC)");
    check(tree -> tree.putObject("truncation").put("max_length", 5), "truncation");
    check(tree -> at(tree, "pre_tokenizer").put("type", "Whitespace"), "Whitespace");
    check(tree -> at(tree, "pre_tokenizer").put("add_prefix_space", true), "add_prefix_space");
    check(tree -> at(tree, "pre_tokenizer").put("use_regex", false), "use_regex");
    check(tree -> at(tree, "model").put("type", "Unigram"), "Unigram");
    check(tree -> at(tree, "model").put("byte_fallback", true), "byte_fallback");
    check(tree -> at(tree, "model").put("dropout", 0.1), "dropout");
    check(tree -> at(tree, "model").put("end_of_word_suffix", "</w>"), "end_of_word_suffix");
    check(tree -> at(tree, "model").remove("merges"), "merges");
    check(tree -> tree.remove("added_tokens"), "<|endoftext|>");
    check(
        tree -> tree.withArray("added_tokens").addObject().put("content", "<x>").put("id", 999),
        "added token '<x>' is not special");
    check(tree -> at(at(tree, "model"), "vocab").remove("Ā"), "255 of the 256 bytes");
    check(tree -> at(at(tree, "model"), "vocab").put("zz", 3), "no id of its own");
  }

  private static ObjectNode at(ObjectNode node, String name) {
    return (ObjectNode) node.get(name);
  }

  private void check(Consumer<ObjectNode> change, String reason) {
    ObjectNode whole = root.deepCopy();
    change.accept(root);
    refused(reason);
    root = whole;
  }

  @Test
  void idsMustFollowTheMerges() {
    ArrayNode merges = model.withArray("merges");
    String first = merges.get(0).asText().replace(" ", "");
    String second = merges.get(1).asText().replace(" ", "");
    int id = vocab.get(first).asInt();
    vocab.put(first, vocab.get(second).asInt());
    vocab.put(second, id);
    refused("ids do not follow the order of its merges");
  }

  @Test
  void aTokenThatNoMergesReachIsRefused() {
    int next = vocab.size();
    vocab.put("qq", next);
    refused("merges do not lead to its token " + next);
  }

  /** "ab" is merged before "bc", so (a, bc) never meets, and jtokkit would still join it. */
  @Test
  void aMergeOfPartsThatNeverMeetIsRefused() {
    ArrayNode merges = model.putArray("merges");
    merges.add("a b").add("b c").add("a bc");
    vocab.removeAll();
    for (int value = 0; value < 256; value++) {
      vocab.put(ByteAlphabet.letters(new byte[] {(byte) value}), value);
    }
    vocab.put("ab", 256).put("bc", 257).put("abc", 258).put("<|endoftext|>", 259);
    ((ObjectNode) root.withArray("added_tokens").get(0)).put("id", 259);
    refused("merges do not lead to its token 258");
  }

  @Test
  void whatIsNotATokenizerIsNamed() throws IOException {
    Configuration conf = new Configuration();
    String missing = folder.resolve("missing.json").toString();
    assertThatThrownBy(() -> TokenizerSource.read(missing, conf).tokenizer())
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("missing.json")
        .hasMessageContaining("gpt2");
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"model\":");
    assertThatThrownBy(() -> TokenizerSource.read(broken.toString(), conf).tokenizer())
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("broken.json is not valid JSON");
  }

  @Test
  void aFileIsLoadedOncePerContent() throws IOException {
    Path file = Files.writeString(folder.resolve("t.json"), root.toString());
    Tokenizer first = TokenizerSource.read(file.toString(), new Configuration()).tokenizer();
    assertThat(TokenizerSource.read(file.toString(), new Configuration()).tokenizer())
        .isSameAs(first);
    assertThat(first.identity().kind()).isEqualTo("byte-level-bpe");
    assertThat(first.identity().name()).isEqualTo("t.json");
    assertThat(first.identity().sha256()).hasSize(64);
    assertThat(first.vocabulary()).isEqualTo(first.endOfText() + 1);
    assertThat(first.decode(first.encode("hé <|endoftext|>"))).isEqualTo("hé <|endoftext|>");
    assertThat(first.encode("<|endoftext|>")).doesNotContain(first.endOfText());
  }
}
