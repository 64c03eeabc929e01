namespace FanIn.Lab;

/// <summary>
/// x -> (x - mean) / std, fitted on a training part alone. Column c of a row uses the mean and deviation c modulo the
/// number of columns: one column is one scalar pair for every number. A constant column goes to 0.
/// </summary>
internal sealed record Standardization(double[] Mean, double[] Std)
{
    public static Standardization Fit(ReadOnlySpan<float> training, int columns)
    {
        var mean = new double[columns];
        var std = new double[columns];
        double rows = training.Length / columns;
        for (int i = 0; i < training.Length; i++)
        {
            mean[i % columns] += training[i] / rows;
        }
        var constant = new bool[columns];
        constant.AsSpan().Fill(true);
        for (int i = 0; i < training.Length; i++)
        {
            int c = i % columns;
            double distance = training[i] - mean[c];
            std[c] += distance * distance / rows;
            // The rounded mean of equal numbers may differ from them, so constancy can't be read off the deviation.
            constant[c] &= training[i] == training[c];
        }
        for (int c = 0; c < columns; c++)
        {
            std[c] = constant[c] ? 0 : Math.Sqrt(std[c]);
        }
        return new Standardization(mean, std);
    }

    public float[] Apply(ReadOnlySpan<float> inputs)
    {
        var result = new float[inputs.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int c = i % Mean.Length;
            double value = Std[c] == 0 ? 0 : (inputs[i] - Mean[c]) / Std[c];
            // A test value unlike anything in the training part may leave the range of a float.
            result[i] = (float)Math.Clamp(value, -float.MaxValue, float.MaxValue);
        }
        return result;
    }
}
