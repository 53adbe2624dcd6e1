package dev.larkspur.tokenizer;

import com.google.protobuf.CodedOutputStream;
import dev.larkspur.tokenizer.SentencePieceModel.SentencePiece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Writes SentencePiece models, right and wrong ones. */
final class ModelFile {
  /** One message or a part of one. */
  interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static final Fields BPE_WITH_BYTES =
      out -> {
        out.writeEnum(3, 2);
        out.writeBool(35, true);
      };
  private static final Fields NO_NORMALIZER =
      out -> {
        out.writeString(1, "identity");
        out.writeBool(4, false);
      };

  private final List<SentencePiece> pieces = new ArrayList<>();
  private Fields trainer = BPE_WITH_BYTES;
  private Fields normalizer = NO_NORMALIZER;
  private Fields rest = out -> {};

  /** As Llama's file begins: unknown, begin and end of text, bytes. */
  static ModelFile likeLlama() {
    ModelFile model = new ModelFile();
    model.add("<unk>", 0, SentencePiece.Type.UNKNOWN);
    model.add("<s>", 0, SentencePiece.Type.CONTROL);
    model.add("</s>", 0, SentencePiece.Type.CONTROL);
    for (int value = 0; value < 256; value++) {
      model.add(SentencePieceModel.byteText(value), 0, SentencePiece.Type.BYTE);
    }
    return model;
  }

  /**
   * A model of the most frequent substrings of texts, in random order where they are equally
   * frequent.
   *
   * @param equal how many pieces share a score, so that the place decides
   */
  static ModelFile learned(List<String> texts, int size, int equal, Random random) {
    ModelFile model = likeLlama();
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (String text : texts) {
      int[] points = ("\u2581" + text.replace(' ', '\u2581')).codePoints().toArray();
      for (int from = 0; from < points.length; from++) {
        for (int length = 1; length <= 7 && from + length <= points.length; length++) {
          counts.merge(new String(points, from, length), 1, Integer::sum);
        }
      }
    }
    List<String> frequent = new ArrayList<>(counts.keySet());
    Collections.shuffle(frequent, random);
    frequent.sort((a, b) -> counts.get(b) - counts.get(a));
    frequent.removeIf(piece -> piece.indexOf('\n') >= 0);
    int rank = 0;
    for (String piece : frequent.subList(0, Math.min(size, frequent.size()))) {
      model.normal(piece, -(rank++ / equal));
    }
    return model;
  }

  ModelFile add(String text, float score, SentencePiece.Type type) {
    pieces.add(new SentencePiece(text, score, type));
    return this;
  }

  ModelFile normal(String text, float score) {
    return add(text, score, SentencePiece.Type.NORMAL);
  }

  ModelFile remove(String text) {
    pieces.removeIf(piece -> piece.text().equals(text));
    return this;
  }

  ModelFile trainer(Fields more) {
    Fields before = trainer;
    trainer =
        out -> {
          before.write(out);
          more.write(out);
        };
    return this;
  }

  ModelFile normalizer(Fields more) {
    Fields before = normalizer;
    normalizer =
        out -> {
          before.write(out);
          more.write(out);
        };
    return this;
  }

  ModelFile rest(Fields more) {
    rest = more;
    return this;
  }

  byte[] bytes() {
    return message(
        out -> {
          for (SentencePiece piece : pieces) {
            out.writeByteArray(1, message(fields -> write(piece, fields)));
          }
          out.writeByteArray(2, message(trainer));
          out.writeByteArray(3, message(normalizer));
          rest.write(out);
        });
  }

  Tokenizer tokenizer() {
    return new TokenizerSource("test.model", bytes()).tokenizer();
  }

  private static void write(SentencePiece piece, CodedOutputStream out) throws IOException {
    out.writeString(1, piece.text());
    out.writeFloat(2, piece.score());
    out.writeEnum(
        3,
        switch (piece.type()) {
          case NORMAL -> 1;
          case UNKNOWN -> 2;
          case CONTROL -> 3;
          case USER_DEFINED -> 4;
          case UNUSED -> 5;
          case BYTE -> 6;
        });
  }

  static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }
}
