/**
 * Text to token ids and back: GPT-2's byte-level BPE, any byte-level BPE in a Hugging Face {@code
 * tokenizer.json}, the BPE of a SentencePiece {@code tokenizer.model} as Llama has it, any other
 * {@code tokenizer.json} through the Hugging Face library, and a trainer of byte-level BPE.
 *
 * <p>For byte-level BPE text is cut into words by GPT-2's pattern, whose letters, digits and white
 * space are those of the JDK's Unicode version (JDK 17: Unicode 13). Special tokens written out in
 * a text are text.
 */
package dev.larkspur.tokenizer;
