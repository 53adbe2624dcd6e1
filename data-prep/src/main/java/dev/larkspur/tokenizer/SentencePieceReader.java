package dev.larkspur.tokenizer;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.larkspur.tokenizer.SentencePieceModel.SentencePiece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a SentencePiece {@code tokenizer.model}, a protobuf message that {@code
 * sentencepiece_model.proto} describes, and refuses unsupported features that would change the ids,
 * by name.
 *
 * <p>Uses only API that protobuf has had since version 2.5, because clusters bring their own
 * version.
 */
final class SentencePieceReader {
  private static final int PIECES = 1;
  private static final int TRAINER = 2;
  private static final int NORMALIZER = 3;
  private static final int SELF_TEST = 4;
  private static final int DENORMALIZER = 5;
  private static final int BPE = 2;

  private final String name;
  private final List<SentencePiece> pieces = new ArrayList<>();
  private int modelType = 1;
  private boolean byteFallback;
  private boolean dummyPrefix = true;
  private boolean removesWhitespace = true;
  private String endOfText = "</s>";

  private SentencePieceReader(String name) {
    this.name = name;
  }

  /**
   * Reads a model.
   *
   * @param name of the file, for messages
   * @throws TokenizerException if the file is not such a model, or cannot be encoded exactly
   */
  static SentencePieceModel read(String name, byte[] file) {
    SentencePieceReader reader = new SentencePieceReader(name);
    try {
      reader.model(CodedInputStream.newInstance(file));
    } catch (IOException broken) {
      throw new TokenizerException(
          "The tokenizer "
              + name
              + " is neither a tokenizer.json nor a complete SentencePiece model ("
              + broken.getMessage()
              + "): give the path of one.",
          broken);
    }
    reader.check();
    return SentencePieceModel.of(name, reader.pieces, reader.dummyPrefix, reader.endOfText);
  }

  private void check() {
    if (modelType != BPE) {
      throw refuse("its model type is " + modelTypeName() + ", not BPE");
    }
    if (!byteFallback) {
      throw refuse("it has no byte fallback");
    }
    if (removesWhitespace) {
      throw refuse("its normaliser has remove_extra_whitespaces");
    }
  }

  private String modelTypeName() {
    return switch (modelType) {
      case 1 -> "unigram";
      case 3 -> "word";
      case 4 -> "char";
      default -> Integer.toString(modelType);
    };
  }

  private void model(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case PIECES -> pieces.add(piece(in.readBytes().newCodedInput()));
        case TRAINER -> trainer(in.readBytes().newCodedInput());
        case NORMALIZER -> normalizer(in.readBytes().newCodedInput());
        // Self-test samples, which do not affect the encoding.
        case SELF_TEST -> in.skipField(tag);
        case DENORMALIZER -> denormalizer(in.readBytes().newCodedInput());
        default -> {
          if (pieces.isEmpty()) {
            throw new IOException("it has no pieces");
          }
          throw refuse("it has the unknown field " + WireFormat.getTagFieldNumber(tag));
        }
      }
    }
    if (pieces.isEmpty()) {
      throw new IOException("it has no pieces");
    }
  }

  private SentencePiece piece(CodedInputStream in) throws IOException {
    String text = "";
    float score = 0;
    int type = 1;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> text = text(in.readBytes());
        case 2 -> score = in.readFloat();
        case 3 -> type = in.readEnum();
        default -> throw unknown("pieces", tag);
      }
    }
    SentencePiece.Type kind = SentencePiece.Type.of(type);
    if (kind == null) {
      throw refuse("its piece '" + text + "' is of the unknown type " + type);
    }
    return new SentencePiece(text, score, kind);
  }

  private String text(ByteString bytes) {
    if (!bytes.isValidUtf8()) {
      throw refuse("its piece " + pieces.size() + " is not UTF-8");
    }
    return bytes.toStringUtf8();
  }

  /** Most fields describe the training of the model; these affect its encoding. */
  private void trainer(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 3 -> modelType = in.readEnum();
        case 24 -> refuseIf(in.readBool(), "its trainer has treat_whitespace_as_suffix");
        case 35 -> byteFallback = in.readBool();
        case 47 -> endOfText = in.readBytes().toStringUtf8();
        default -> in.skipField(tag);
      }
    }
  }

  private void normalizer(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        // The rules of the name are in the charsmap, or were read from a TSV file in training.
        case 1, 6 -> in.skipField(tag);
        case 2 -> refuseIf(!in.readBytes().isEmpty(), "its normaliser has a precompiled_charsmap");
        case 3 -> dummyPrefix = in.readBool();
        case 4 -> removesWhitespace = in.readBool();
        case 5 -> refuseIf(!in.readBool(), "its normaliser has escape_whitespaces off");
        default -> throw unknown("the normaliser", tag);
      }
    }
  }

  private void denormalizer(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> refuseIf(!in.readBytes().isEmpty(), "it has a denormaliser");
        default -> in.skipField(tag);
      }
    }
  }

  private void refuseIf(boolean found, String reason) {
    if (found) {
      throw refuse(reason);
    }
  }

  private TokenizerException unknown(String where, int tag) {
    return refuse("it has the unknown field " + WireFormat.getTagFieldNumber(tag) + " in " + where);
  }

  private TokenizerException refuse(String reason) {
    return SentencePieceModel.refuse(name, reason);
  }
}
