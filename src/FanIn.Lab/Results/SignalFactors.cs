namespace FanIn.Lab;

/// <summary>
/// What a hidden layer does to the signal, measured before training: the factor by which it multiplies the variance, as the
/// geometric mean over the layers before float32 runs out of range. NaN where no two layers are in it.
/// </summary>
/// <param name="Forward">Of the activations, from a layer to the next.</param>
/// <param name="Backward">Of the gradients, from a layer to the one before.</param>
internal readonly record struct SignalFactors(double Forward, double Backward)
{
    // Between these float32 holds squares with all their digits.
    private const double LeastSound = 1e-18;
    private const double MostSound = 1e18;

    public static SignalFactors Of(TrialResult trial)
    {
        IEnumerable<TrialLayer> hidden = trial.Layers.SkipLast(1);
        return new(Factor(hidden.Select(l => l.ActivationRms)), Factor(hidden.Reverse().Select(l => l.GradientRms)));
    }

    private static double Factor(IEnumerable<double> rms)
    {
        double[] sound = [.. rms.TakeWhile(x => x is > LeastSound and < MostSound)];
        return sound.Length < 2 ? double.NaN : Math.Pow(sound[^1] / sound[0], 2.0 / (sound.Length - 1));
    }
}
