package dev.larkspur.tokenizer;

import java.util.Iterator;
import java.util.SortedMap;

/**
 * A tokenizer whose documents end with another of its special tokens.
 *
 * @param tokenizer that encodes
 * @param endOfText id of the token
 */
record OtherEndOfText(Tokenizer tokenizer, int endOfText) implements Tokenizer {
  @Override
  public int[] encode(String text) {
    return tokenizer.encode(text);
  }

  @Override
  public Iterator<int[]> encodeInPieces(String text) {
    return tokenizer.encodeInPieces(text);
  }

  @Override
  public byte[] bytes(int id) {
    return tokenizer.bytes(id);
  }

  @Override
  public String decode(int[] ids) {
    return tokenizer.decode(ids);
  }

  @Override
  public SortedMap<Integer, String> specialTokens() {
    return tokenizer.specialTokens();
  }

  @Override
  public String encoder() {
    return tokenizer.encoder();
  }

  @Override
  public TokenizerIdentity identity() {
    TokenizerIdentity own = tokenizer.identity();
    return new TokenizerIdentity(own.kind(), own.name(), own.vocabulary(), endOfText, own.sha256());
  }
}
