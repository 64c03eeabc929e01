using System.Diagnostics.CodeAnalysis;

namespace FanIn;

[SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their first, required parameter.")]
public readonly partial struct RandomStream
{
    /// <summary>Uniform integers in 0 .. below - 1.</summary>
    /// <remarks>
    /// By Lemire's multiplication with rejection (ACM Trans. Model. Comput. Simul. 29, 2019, algorithm 5): exactly
    /// uniform, from the 64-bit words of the sub-stream <c>Key#integers</c> in order. An integer may take more than one
    /// word, so that the sequence is the unit: it always starts at its beginning, and a longer one continues a shorter.
    /// </remarks>
    /// <param name="destination">Gets the sequence from its start.</param>
    /// <param name="below">The number of values, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="below"/> is below 1.</exception>
    public void FillIntegers(Span<int> destination, int below) =>
        SequentialIntegers.FillBelow(Seed, StreamId.Of(Key, "#integers"), destination, below);

    /// <inheritdoc cref="FillIntegers(Span{int}, int)"/>
    public void FillIntegers(Span<long> destination, long below) =>
        SequentialIntegers.FillBelow(Seed, StreamId.Of(Key, "#integers"), destination, below);

    /// <summary>A random order of 0 .. n - 1, every one of the n! equally likely, where n is the destination's length.</summary>
    /// <remarks>
    /// By Fisher's and Yates' shuffle from the top: for i = n - 1 .. 1, places i and j change their values, j being an
    /// integer in 0 .. i of the sub-stream <c>Key#permutation</c>, drawn as by
    /// <see cref="FillIntegers(Span{long}, long)"/>.
    /// </remarks>
    /// <param name="destination">Gets the whole permutation.</param>
    public void FillPermutation(Span<int> destination) =>
        SequentialIntegers.FillPermutation(Seed, StreamId.Of(Key, "#permutation"), destination);

    /// <inheritdoc cref="FillPermutation(Span{int})"/>
    public void FillPermutation(Span<long> destination) =>
        SequentialIntegers.FillPermutation(Seed, StreamId.Of(Key, "#permutation"), destination);

    /// <summary>True with the given probability: where the float64 uniform of the same index is below it.</summary>
    /// <param name="destination">Gets the elements from <paramref name="offset"/> on.</param>
    /// <param name="probability">The probability of true, from 0 (never) to 1 (always).</param>
    /// <param name="offset">The index of the first element.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The probability is not within 0 .. 1, or the offset is negative or too large.
    /// </exception>
    public void FillBernoulli(Span<bool> destination, double probability, long offset = 0) =>
        BernoulliFill.Run(this, destination, probability, offset, yes: true, no: false);

    /// <summary>1 with the given probability, else 0: 1 where the float64 uniform of the same index is below it.</summary>
    /// <inheritdoc cref="FillBernoulli(Span{bool}, double, long)"/>
    public void FillBernoulli(Span<float> destination, double probability, long offset = 0) =>
        BernoulliFill.Run(this, destination, probability, offset, yes: 1f, no: 0f);
}
