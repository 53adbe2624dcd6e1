/** What is in {@code deploy/}, run or parsed by the programs that its users run. */
package dev.larkspur.deploy;
