using static System.Math;

namespace FanIn;

/// <summary>What mixes positions: pooling and attention.</summary>
internal sealed partial class ForwardPass
{
    /// <summary>Positions behind a pool.</summary>
    public static long Pooled(long stated, long window, long positions) =>
        stated > 0 ? stated : Max(1, positions / window);

    private static SignalState MeanPool(SignalOperation.MeanPool op, SignalState input) =>
        input with
        {
            Positions = Pooled(op.Positions, op.Window, input.Positions),
            MeanSquare = (input.MeanSquare + ((op.Window - 1) * input.PositionProduct)) / op.Window,
        };

    /// <summary>
    /// The largest of normals that have one part in common, the others their own; through a function that doesn't fall,
    /// as behind a rectifier, the function of the largest.
    /// </summary>
    private SignalState MaxPool(SignalOperation.MaxPool op, SignalNode node, SignalState input)
    {
        (SignalState normal, Activation? activation) = BeforePool(node);
        Func<double, double> f = activation is null ? x => x : activation.Function.Value;
        LargestNormal largest = LargestOf(op.Window, normal);
        (double mean, double square, double positions) = largest.Moments(f);
        double alike =
            normal.CentredPositionCosine > 1e-6
                ? Clamp(normal.CentredExampleCosine / normal.CentredPositionCosine, 0.0, 1.0)
                : Max(0.0, normal.CentredExampleCosine);
        double ofCommon = normal.CentredPositionCosine > 1e-6 ? positions : square;
        return input with
        {
            Positions = Pooled(op.Positions, op.Window, input.Positions),
            MeanSquare = square,
            Mean = mean,
            PositionProduct = positions,
            ExampleProduct = (mean * mean) + (alike * (ofCommon - (mean * mean))),
        };
    }

    /// <summary>
    /// E f'^2 at the largest of a window's values over that at any of them, f being the activation before the pool; 1 where
    /// there is none, or its derivative isn't known.
    /// </summary>
    public double SteepnessOfLargest(SignalNode pool)
    {
        (SignalState normal, Activation? activation) = BeforePool(pool);
        if (activation?.Function.Derivative is not { } derivative)
        {
            return 1.0;
        }
        long window = ((SignalOperation.MaxPool)pool.Operation).Window;
        double largest = LargestOf(window, normal).Moments(x => derivative(x) * derivative(x)).Mean;
        double any = Response(activation, normal).DerivativeSecondMoment;
        return any > 0.0 ? largest / any : 1.0;
    }

    private (SignalState Normal, Activation? Activation) BeforePool(SignalNode pool)
    {
        SignalNode before = _nodes[pool.Inputs[0]];
        return before.Operation is SignalOperation.Activate { Activation: { IsGated: false } activation }
            ? (_states[before.Inputs[0]], activation)
            : (_states[pool.Inputs[0]], null);
    }

    private static LargestNormal LargestOf(long window, SignalState normal)
    {
        double common = Clamp(normal.CentredPositionCosine, 0.0, 1.0) * normal.Variance;
        return new(window, normal.Mean, Sqrt(common), Sqrt(Max(0.0, normal.Variance - common)));
    }

    private SignalState Attend(SignalNode node, SignalOperation.Attend op)
    {
        SignalState value = _states[node.Inputs[2]];
        Focus focus = Focus.Of(op, _states[node.Inputs[0]], _states[node.Inputs[1]]);
        double Mixed(double share) => (share * value.MeanSquare) + ((1.0 - share) * value.PositionProduct);
        return value with
        {
            Positions = _states[node.Inputs[0]].Positions,
            MeanSquare = Mixed(focus.Own),
            PositionProduct = Mixed(focus.Shared),
        };
    }

    /// <summary>How far attention looks at few tokens.</summary>
    /// <param name="Own">E sum_j a_j^2 of a token's weights.</param>
    /// <param name="Shared">E sum_j a_j a'_j of two tokens' weights.</param>
    internal readonly record struct Focus(double Own, double Shared)
    {
        /// <summary>
        /// The logits are normal with variance s^2 = d q k scale^2 (1 - c) over keys; what keys have in common softmax
        /// doesn't see. Of n log-normal weights E sum a^2 = e^(s^2) / (e^(s^2) + n - 1), in the mean of numerator and
        /// denominator: right while s^2 is less than 2 ln n, and 1 far above.
        /// </summary>
        public static Focus Of(SignalOperation.Attend op, SignalState query, SignalState key)
        {
            double dimension = (double)query.Units / op.Heads;
            double variance =
                dimension * query.MeanSquare * Max(0.0, key.MeanSquare - key.PositionProduct) * op.Scale * op.Scale;
            double own = Exponential.Of(Min(600.0, variance));
            double shared = Exponential.Of(Min(600.0, variance * Clamp(query.PositionCosine, 0.0, 1.0)));
            long tokens = key.Positions;
            if (!op.IsCausal || tokens == 1)
            {
                return new(own / (own + tokens - 1), shared / (shared + tokens - 1));
            }
            (double ofOwn, double ofShared, double pairs) = (0.0, 0.0, 0.0);
            // Tokens beyond a million make the mean no other.
            long most = Min(tokens, 1 << 20);
            for (long n = 1; n <= most; n++)
            {
                ofOwn += own / (own + n - 1);
                ofShared += (n - 1) * shared / (shared + n - 1);
                pairs += n - 1;
            }
            return new(ofOwn / most, ofShared / pairs);
        }
    }
}
