package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A setting names the token that ends documents. */
class EndOfTextTest {
  private ObjectNode root;

  @BeforeEach
  void withThreeSpecialTokens() throws JsonProcessingException {
    List<Merge> merges = new MergeLearner(List.of(new WordCount(" abcabd", 5))).learn(3, 2);
    String json =
        new String(TokenizerJsonWriter.write(BpeTrainer.bpe(merges)), StandardCharsets.UTF_8);
    root = (ObjectNode) new ObjectMapper().readTree(json);
    ArrayNode added = (ArrayNode) root.get("added_tokens");
    ObjectNode end = (ObjectNode) added.get(0);
    added.add(end.deepCopy().put("id", 260).put("content", "<|stop|>"));
    added.add(end.deepCopy().put("id", 261).put("content", "<|pad|>"));
  }

  @Test
  void theUsualOneNeedsNoName() {
    assertThat(load(EndOfText.USUAL).endOfText()).isEqualTo(259);
    assertThat(source(EndOfText.named("<|endoftext|>")).otherEndOfText()).isEmpty();
  }

  @Test
  void anotherOneIsPartOfTheIdentity() {
    Tokenizer stop = load(EndOfText.named("<|stop|>"));
    assertThat(stop.endOfText()).isEqualTo(260);
    assertThat(stop.identity().endOfText()).isEqualTo(260);
    assertThat(stop.identity().sameIds(load(EndOfText.USUAL).identity())).isFalse();
    assertThat(stop.identity()).isEqualTo(load(EndOfText.of(260)).identity());
    assertThat(stop.encode(" abc<|stop|>")).isEqualTo(load(EndOfText.USUAL).encode(" abc<|stop|>"));
    assertThat(source(EndOfText.of(260)).otherEndOfText()).contains("<|stop|>");
  }

  @Test
  void aFileWhoseUsualOneIsNotKnownCanBeUsedWithAName() {
    ((ObjectNode) root.at("/added_tokens/0")).put("content", "<|unheard-of|>");
    ObjectNode vocab = (ObjectNode) root.at("/model/vocab");
    vocab.put("<|unheard-of|>", vocab.remove("<|endoftext|>").asInt());
    assertThatThrownBy(() -> load(EndOfText.USUAL))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("data.end-of-text can name the one that does");
    assertThat(load(EndOfText.named("<|unheard-of|>")).endOfText()).isEqualTo(259);
    assertThat(source(EndOfText.of(259)).otherEndOfText()).contains("<|unheard-of|>");
  }

  @Test
  void onlySpecialTokensEndTexts() {
    for (EndOfText other : List.of(EndOfText.named("abc"), EndOfText.of(3), EndOfText.of(9999))) {
      assertThatThrownBy(() -> load(other))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("is not a special token of the tokenizer tokenizer.json")
          .hasMessageContaining("<|stop|>");
    }
    assertThatThrownBy(
            () -> new TokenizerSource("gpt2", new byte[0], EndOfText.named("</s>")).tokenizer())
        .hasMessageContaining("set data.end-of-text to one of [<|endoftext|>]");
  }

  private Tokenizer load(EndOfText endOfText) {
    return source(endOfText).tokenizer();
  }

  private TokenizerSource source(EndOfText endOfText) {
    byte[] file = root.toString().getBytes(StandardCharsets.UTF_8);
    return new TokenizerSource("tokenizer.json", file, endOfText);
  }
}
