using static FanIn.Lab.Tests.Trials;

namespace FanIn.Lab.Tests;

/// <summary>Golden sentences.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void Learned_with_the_signal_kept() =>
        Assert.Equal(
            [
                "he: learned. The variance is kept (x1.00 a layer forward, x1.00 backward). Final loss 0.400; 1.151 was reached after 21 steps.",
            ],
            VerdictOf(Trial("he", 0, 0.3), Trial("he", 1, 0.4), Trial("he", 2, 0.5))
        );

    [Fact]
    public void Learned_by_some_is_told_with_the_loss_of_those_that_learned() =>
        Assert.Equal(
            "he: learned (2 of 3 seeds; the others 1 stuck). The variance is kept (x1.00 a layer forward, x1.00 backward). "
                + "Final loss of those 0.400; 1.151 was reached after 20 steps by 2 of 3 seeds.",
            VerdictOf(Trial("he", 0, 0.3), Trial("he", 1, 0.5), Trial("he", 2, 2.3, Outcome.Stuck))[0]
                .Replace("after 21 steps", "after 20 steps", StringComparison.Ordinal)
        );

    [Fact]
    public void Stuck_by_vanishing_shows_the_power_and_only_the_loss_of_what_is_stuck() =>
        Assert.Equal(
            [
                "xavier: stuck (2 of 3 seeds; the others 1 learned). Each layer halves the variance: 0.5^30 = 9e-10 of the signal "
                    + "arrives. The loss of 2.303 is no better than guessing by class frequency (2.302).",
            ],
            VerdictOf(
                Trial("xavier", 0, 2.303, Outcome.Stuck, forward: 0.5, depth: 30),
                Trial("xavier", 1, 0.2, forward: 0.5, depth: 30),
                Trial("xavier", 2, 2.303, Outcome.Stuck, forward: 0.5, depth: 30)
            )
        );

    [Fact]
    public void A_loss_a_little_under_chance_is_hardly_better() =>
        Assert.Contains(
            "The loss of 2.250 is hardly better than guessing by class frequency (2.302).",
            VerdictOf(Trial("a", 0, 2.25, Outcome.Stuck))[0],
            StringComparison.Ordinal
        );

    [Fact]
    public void Stuck_with_the_gradient_gone() =>
        Assert.Contains(
            "a: stuck. The signal keeps its size forward (x1.00 a layer), but backward each layer multiplies the gradient's "
                + "variance by 0.0100: 0.0100^10 = 1e-20 of it arrives. ",
            VerdictOf(Trial("a", 0, 2.31, Outcome.Stuck, backward: 0.01))[0],
            StringComparison.Ordinal
        );

    [Fact]
    public void Diverged_by_exploding() =>
        Assert.Equal(
            [
                "n: diverged. Each layer multiplies the variance by 32.00: 32.00^10 = 1e15 times the signal arrives. The loss "
                    + "was no longer a number after 3 steps.",
            ],
            VerdictOf(Trial("n", 0, double.NaN, Outcome.Diverged, forward: 32))
        );

    [Fact]
    public void A_doubled_variance_is_called_so() =>
        Assert.Contains(
            "Each layer doubles the variance: 2.00^10 = 1e3 times the signal arrives.",
            VerdictOf(Trial("n", 0, 0.5, forward: 2))[0],
            StringComparison.Ordinal
        );

    [Fact]
    public void What_overflows_is_measured_before_it_does()
    {
        TrialResult trial = Trial("n", 0, double.NaN, Outcome.Diverged, forward: 1e4) with { Curve = [double.NaN] };
        trial = trial with { Layers = trial.Layers.SetItem(8, Layer("fc9", double.PositiveInfinity, double.NaN)) };

        Assert.Equal(
            [
                "n: diverged. Each layer multiplies the variance by 1e4: 1e4^10 = 1e40 times the signal arrives. "
                    + "The loss was no longer a number after 1 step.",
            ],
            VerdictOf(trial)
        );
    }

    [Theory]
    [InlineData(double.PositiveInfinity, "The signal overflows on its way through the layers. ")]
    [InlineData(double.NaN, "The signal overflows on its way through the layers. ")]
    [InlineData(0.0, "No signal gets beyond the first layers: every value there is 0. ")]
    public void Nothing_is_called_kept_that_cannot_be_measured(double beyond, string expected)
    {
        TrialResult trial = Trial("n", 0, 2.4, Outcome.Stuck);
        trial = trial with
        {
            Layers =
            [
                .. trial.Layers.Select(
                    (l, i) => i == 0 ? l : l with { ActivationRms = beyond, GradientRms = double.NaN }
                ),
            ],
        };

        string text = VerdictOf(trial)[0];

        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Saturation_is_the_reason_when_most_activations_are_flat()
    {
        TrialResult trial = Trial("n", 0, 2.98, Outcome.Stuck, forward: 0.8, backward: 4);
        trial = trial with { Layers = [.. trial.Layers.Select(l => l with { SaturatedShare = 0.95 })] };

        Assert.StartsWith(
            "n: stuck. 95% of the activations of a layer sit in their flat ends, and backward each layer multiplies the "
                + "gradient's variance by 4.00: 4.00^10 = 1e6 times it arrives. The loss of 2.980 is no better",
            VerdictOf(trial)[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Symmetric_from_zeros()
    {
        TrialResult trial = Trial("zeros", 0, 2.3025, Outcome.Symmetric, distinct: 1);
        trial = trial with { Layers = [.. trial.Layers.Select(l => l with { ActivationRms = 0, GradientRms = 0 })] };

        Assert.Equal(
            [
                "zeros: symmetric. Every hidden layer has 1 distinct unit of 64: equal units get equal gradients and stay equal "
                    + "for ever. Only the output's bias learns, and the loss stays at 2.303, the entropy of the class "
                    + "frequencies (2.302).",
            ],
            VerdictOf(trial)
        );
    }

    [Theory]
    [InlineData(1.7, "What is left learns as a network of width 1 would, to a loss of 1.700.")]
    [InlineData(
        2.31,
        "What is left learns nothing: the loss ends at 2.310, and guessing by class frequency gives 2.302."
    )]
    [InlineData(
        51234,
        "What is left learns nothing: the loss ends at 5.1e4, and guessing by class frequency gives 2.302."
    )]
    public void Symmetric_from_a_constant(double loss, string expected) =>
        Assert.EndsWith(
            expected,
            VerdictOf(Trial("constant(0.1)", 0, loss, Outcome.Symmetric, distinct: 1))[0],
            StringComparison.Ordinal
        );

    [Fact]
    public void One_seed_ranks_nothing() =>
        Assert.Equal(
            "One seed says nothing about differences between those that learned; use --seeds 3 or more.",
            VerdictOf(Trial("a", 0, 0.1), Trial("b", 0, 0.9))[^1]
        );

    [Fact]
    public void Differences_are_told_resolved_or_not()
    {
        string[] lines = VerdictOf(
            Trial("a", 0, 0.100),
            Trial("a", 1, 0.110),
            Trial("a", 2, 0.120),
            Trial("b", 0, 0.900),
            Trial("b", 1, 0.911),
            Trial("b", 2, 0.919),
            Trial("c", 0, 0.110),
            Trial("c", 1, 0.100),
            Trial("c", 2, 0.150)
        );

        Assert.Equal(
            [
                "a ends 0.800 below b (interval 0.796 to 0.804).",
                "c ends 0.790 below b (interval 0.697 to 0.883).",
                "Not resolved by 3 seeds: a and c (-0.010; about 45 seeds would).",
            ],
            lines[3..]
        );
    }
}
