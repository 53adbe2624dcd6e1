package dev.larkspur.tokenizer;

import com.knuddels.jtokkit.api.Encoding;

/** A tokenizer whose work is done by jtokkit. */
final class JtokkitTokenizer implements Tokenizer {
  private static final byte[] NOTHING = {};

  private final Encoding encoding;
  private final byte[][] pieces; // [id][byte], null where no token has the id
  private final TokenizerIdentity identity;

  JtokkitTokenizer(Encoding encoding, byte[][] pieces, TokenizerIdentity identity) {
    this.encoding = encoding;
    this.pieces = pieces;
    this.identity = identity;
  }

  @Override
  public int vocabulary() {
    return identity.vocabulary();
  }

  @Override
  public int endOfText() {
    return identity.endOfText();
  }

  @Override
  public int[] encode(String text) {
    return encoding.encodeOrdinary(text).toArray();
  }

  @Override
  public byte[] bytes(int id) {
    byte[] piece = pieces[id];
    return piece == null ? NOTHING : piece.clone();
  }

  @Override
  public TokenizerIdentity identity() {
    return identity;
  }
}
