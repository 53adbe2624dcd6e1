package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.tokenizer.SentencePieceModel.SentencePiece;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SentencePieceRefusalTest {
  private static void refused(ModelFile file, String reason) {
    refused(file.bytes(), reason);
  }

  private static void refused(byte[] file, String reason) {
    assertThatThrownBy(() -> new TokenizerSource("a.model", file).tokenizer())
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("a.model")
        .hasMessageContaining(reason);
  }

  private static ModelFile model() {
    return ModelFile.likeLlama().normal("a", -1);
  }

  @Test
  void otherModels() {
    refused(model().trainer(out -> out.writeEnum(3, 1)), "unigram, not BPE");
    refused(model().trainer(out -> out.writeEnum(3, 4)), "char, not BPE");
    refused(model().trainer(out -> out.writeBool(35, false)), "no byte fallback");
    refused(model().trainer(out -> out.writeBool(24, true)), "treat_whitespace_as_suffix");
  }

  @Test
  void normalisers() {
    refused(
        model().normalizer(out -> out.writeByteArray(2, new byte[] {1})), "precompiled_charsmap");
    refused(model().normalizer(out -> out.writeBool(4, true)), "remove_extra_whitespaces");
    refused(model().normalizer(out -> out.writeBool(5, false)), "escape_whitespaces");
    refused(model().normalizer(out -> out.writeBool(200, true)), "unknown field 200");
    byte[] charsmap = ModelFile.message(out -> out.writeByteArray(2, new byte[] {1}));
    refused(model().rest(out -> out.writeByteArray(5, charsmap)), "denormaliser");
    refused(model().rest(out -> out.writeBool(201, true)), "unknown field 201");
  }

  @Test
  void pieces() {
    refused(model().add("<x>", 0, SentencePiece.Type.USER_DEFINED), "'<x>' is user-defined");
    refused(model().add("b", 0, SentencePiece.Type.UNUSED), "'b' is marked as unused");
    refused(model().add("b", 0, SentencePiece.Type.UNKNOWN), "two unknown pieces, 0 and 260");
    refused(model().add("b", 0, SentencePiece.Type.CONTROL), "control piece 'b'");
    refused(model().add("<0xZZ>", 0, SentencePiece.Type.BYTE), "byte piece '<0xZZ>'");
    refused(model().normal("a", -2), "'a' occurs twice");
    refused(model().normal("", -2), "piece 260 is empty");
    refused(model().normal("b c", -2), "piece 260 holds a space");
    refused(model().normal("b", Float.NaN), "score of its piece 'b' is NaN");
    refused(model().remove("<unk>"), "no unknown piece");
    refused(model().remove("<0x0A>"), "no piece <0x0A>");
    refused(model().remove("</s>"), "no control piece '</s>'");
    refused(model().trainer(out -> out.writeString(47, "<end>")), "no control piece '<end>'");
    byte[] notUtf8 = ModelFile.message(out -> out.writeByteArray(1, new byte[] {(byte) 0xc3}));
    refused(model().rest(out -> out.writeByteArray(1, notUtf8)), "piece 260 is not UTF-8");
    byte[] newType = ModelFile.message(out -> out.writeEnum(3, 7));
    refused(model().rest(out -> out.writeByteArray(1, newType)), "unknown type 7");
  }

  @Test
  void whatIsNoModel() {
    byte[] model = model().bytes();
    refused(Arrays.copyOf(model, model.length - 3), "neither a tokenizer.json nor");
    refused("just text".getBytes(StandardCharsets.UTF_8), "neither a tokenizer.json nor");
    refused(new byte[] {}, "neither a tokenizer.json nor");
  }
}
