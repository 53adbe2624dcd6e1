package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to take a process down are refused, before they take memory or time. */
class HostileTokenizerTest {
  private ObjectNode root;

  @BeforeEach
  void learn() throws JsonProcessingException {
    List<Merge> merges = new MergeLearner(List.of(new WordCount(" abcabd", 5))).learn(3, 2);
    String json =
        new String(TokenizerJsonWriter.write(BpeTrainer.bpe(merges)), StandardCharsets.UTF_8);
    root = (ObjectNode) new ObjectMapper().readTree(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483647", "16777216", "4294967296", "-1", "1.5", "\"7\"", "null"})
  void idsThatAreNone(String id) throws JsonProcessingException {
    ((ObjectNode) root.at("/model/vocab")).set("abc", new ObjectMapper().readTree(id));
    refused("its token 'abc'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2147483647", "-1"})
  void idsOfSpecialTokensThatAreNone(String id) throws JsonProcessingException {
    ((ObjectNode) root.at("/added_tokens/0")).set("id", new ObjectMapper().readTree(id));
    refused("its token '<|endoftext|>'");
  }

  @Test
  void idsThatTwoTokensHave() {
    root.putObject("normalizer").put("type", "NFC");
    ((ObjectNode) root.at("/model/vocab")).put("abc", 7);
    refused("have the same id 7");
  }

  @Test
  void expressionsThatNeverEnd() {
    ObjectNode split = root.putObject("pre_tokenizer").put("type", "Split");
    split
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put("Regex", "(a+)+!");
    refused("a search for its expression '(a+)+!' may never end");
    ObjectNode inside = root.putObject("pre_tokenizer").put("type", "Sequence");
    inside.putArray("pretokenizers").add(split);
    refused("a search for its expression");
    root.putObject("pre_tokenizer").put("type", "ByteLevel");
    ObjectNode replace = root.putObject("normalizer").put("type", "Replace").put("content", "");
    replace.putObject("pattern").put("Regex", "(?:x|xx)*y");
    refused("a search for its expression");
  }

  @Test
  void tokensThatAreNeverBuilt() {
    ((ObjectNode) root.at("/model/vocab")).put("a".repeat(40_000), 300);
    String json = root.toString();
    assertThatThrownBy(
            () -> ByteLevelBpe.parse("words.json", json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(OtherTokenizer.class)
        .hasMessageContaining("too long");
    ModelFile model = ModelFile.likeLlama();
    model.normal("a".repeat(200_000), -1);
    assertThatThrownBy(() -> SentencePieceReader.read("tokenizer.model", model.bytes()))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("its pieces are too long");
  }

  @Test
  void deepJsonAndNamesThatAreThereTwice() {
    refused("{\"model\":" + "[".repeat(100_000), "not valid JSON");
    refused("{\"model\": {}, \"model\": {}}", "Duplicate field 'model'");
  }

  private void refused(String reason) {
    refused(root.toString(), reason);
  }

  private static void refused(String json, String reason) {
    byte[] file = json.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> new TokenizerSource("tokenizer.json", file).tokenizer())
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(reason);
  }
}
