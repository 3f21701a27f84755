/**
 * One idea about workflows per program. Each {@code main} runs on embedded defaults below {@code
 * target/examples}; run it again, or kill it and run it again, and it goes on.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.examples.workflows;
