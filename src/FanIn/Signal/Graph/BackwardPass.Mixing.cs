using static System.Math;

namespace FanIn;

/// <summary>Back through normalization, pooling and attention.</summary>
internal sealed partial class BackwardPass
{
    /// <summary>
    /// g gamma / sigma, less its part along the mean and along the values themselves. Of nu degrees of freedom that a
    /// batch's channel has, 1 / sigma^2 is nu / (nu - 2) in the mean, and of independent gradients nu - 1 are left: for a
    /// linear chain this is the growth by (B - 2) / (B - 3) of Yang et al., "A mean field theory of batch normalization" (2019).
    /// </summary>
    private static SignalState Normalize(
        SignalOperation.Normalize op,
        SignalState gradient,
        SignalState signal,
        SignalState output
    )
    {
        bool isBatch = op.Kind == NormalizationKind.Batch;
        double centre =
            isBatch ? ForwardPass.BatchMean(signal)
            : op.Kind == NormalizationKind.Rms ? 0.0
            : signal.Mean * signal.Mean;
        double variance = Max(0.0, signal.MeanSquare - centre);
        double kept = 1.0 - SignalState.Share(op.Epsilon, variance + op.Epsilon);
        double factor = op.ScaleSecondMoment / (variance + op.Epsilon);
        double mean = isBatch ? ForwardPass.BatchMean(gradient) : 0.0;
        double along = 0.0;
        if (isBatch)
        {
            factor *= 1.0 + (2.0 * kept / Max(1.0, Freedom(signal, centre) - 2.0));
            along = kept * Min(Along(gradient, output), gradient.MeanSquare - mean);
        }
        SignalState centred = gradient with
        {
            MeanSquare = gradient.MeanSquare - mean - along,
            PositionProduct = gradient.PositionProduct - mean - (along * output.CentredPositionCosine),
            ExampleProduct = gradient.ExampleProduct - mean - (along * output.CentredExampleCosine),
            Projection = null,
        };
        return centred.Scaled(factor) with
        {
            Response = gradient.Response.Plus(signal.Response.Times(-kept)),
            Members = signal.Members is null ? null : gradient.Members?.Plus(signal.Members.Times(-kept)),
            Shift = gradient.Shift - (kept * signal.Shift),
            // What normalization makes doesn't depend on its input's length.
            Alignment = isBatch ? 0.0 : -kept,
        };
    }

    /// <summary>
    /// E of the squared mean over the batch of g y, y being what a normalization makes: gradients that examples or positions
    /// have in common lose more than one degree of freedom. Of y a share may be all that an activation behind it takes, or
    /// a part, beside a skip connection.
    /// </summary>
    private static double Along(SignalState gradient, SignalState output)
    {
        GradientProjection projection = gradient.Projection ?? new(0.0, 0.0, 0.0, double.PositiveInfinity);
        double share = Min(1.0, SignalState.Share(output.Variance, projection.Variance));
        double other = 1.0 - share;
        return Max(
            0.0,
            gradient
                .Average(
                    (share * projection.Single) + (other * gradient.MeanSquare),
                    (share * projection.Position) + (other * gradient.PositionProduct * output.CentredPositionCosine),
                    (share * projection.Example) + (other * gradient.ExampleProduct * output.CentredExampleCosine)
                )
                .Mean
        );
    }

    /// <summary>
    /// Each gradient goes to one position, the largest value's: there an activation before the pool isn't as steep, or as
    /// flat, as on average, which is made up for here.
    /// </summary>
    private SignalState MaxPool(SignalNode node, SignalState gradient, SignalState signal)
    {
        double share = (double)gradient.Positions / signal.Positions;
        double steepness = _forward.SteepnessOfLargest(node);
        return gradient.Scaled(share * steepness) with
        {
            Positions = signal.Positions,
            PositionProduct = gradient.PositionProduct * Squared(share) * steepness,
        };
    }

    /// <summary>(sum l)^2 / sum l^2 over the eigenvalues of a channel's covariance between examples and positions.</summary>
    private static double Freedom(SignalState signal, double centre)
    {
        double q = signal.MeanSquare - centre;
        if (!(q > 0.0))
        {
            return double.PositiveInfinity;
        }
        Fluctuation.Spread squares = signal.Average(
            1.0,
            Squared((signal.PositionProduct - centre) / q),
            Squared((signal.ExampleProduct - centre) / q)
        );
        return 1.0 / squares.Mean;
    }

    private static double Squared(double x) => x * x;

    private static SignalState MeanPool(long window, SignalState gradient, SignalState signal)
    {
        double windows = (double)gradient.Positions * window / signal.Positions;
        double share = 1.0 / ((double)window * window);
        double pairs = Max(0.0, windows * (windows - 1.0));
        double square = share * ((windows * gradient.MeanSquare) + (pairs * gradient.PositionProduct));
        // The whole of it is kept: sum over positions of g = sum over windows.
        double all =
            Squared((double)gradient.Positions / signal.Positions)
            * (gradient.MeanSquare + ((gradient.Positions - 1) * gradient.PositionProduct))
            / gradient.Positions;
        return gradient with
        {
            Positions = signal.Positions,
            MeanSquare = square,
            PositionProduct =
                signal.Positions == 1 ? square : ((all * signal.Positions) - square) / (signal.Positions - 1),
            ExampleProduct = gradient.ExampleProduct * Squared((double)gradient.Positions / signal.Positions),
            Alignment = 0.0,
        };
    }

    private void Attend(SignalOperation.Attend op, SignalNode node, SignalState gradient)
    {
        (SignalState query, SignalState key, SignalState value) = (
            _forward[node.Inputs[0]],
            _forward[node.Inputs[1]],
            _forward[node.Inputs[2]]
        );
        ForwardPass.Focus focus = ForwardPass.Focus.Of(op, query, key);
        double perKey = (double)query.Positions / key.Positions;
        double others = query.Positions - 1;
        double square =
            perKey * ((focus.Own * gradient.MeanSquare) + (others * focus.Shared * gradient.PositionProduct));
        // Weights add up to 1, so the sum over tokens is kept.
        double all = perKey * perKey * (gradient.MeanSquare + (others * gradient.PositionProduct)) / query.Positions;
        SignalState back = gradient with { Alignment = 0.0 };
        Send(
            node.Inputs[2],
            back with
            {
                Units = value.Units,
                Positions = value.Positions,
                MeanSquare = square,
                PositionProduct =
                    value.Positions == 1 ? square : ((all * value.Positions) - square) / (value.Positions - 1),
                ExampleProduct = gradient.ExampleProduct * perKey * perKey,
            }
        );
        // The logits' gradient a_j g.(v_j - y), over a head's units.
        double logit =
            op.Scale
            * op.Scale
            * ((double)value.Units / op.Heads)
            * Max(0.0, value.MeanSquare - value.PositionProduct)
            * (1.0 - focus.Own);
        double spread = Max(0.0, key.MeanSquare - key.PositionProduct);
        SignalState Logit(SignalState to, double factor) =>
            back with
            {
                Units = to.Units,
                Positions = to.Positions,
                MeanSquare = logit * factor,
                PositionProduct = 0.0,
                ExampleProduct = 0.0,
            };
        Send(node.Inputs[0], Logit(query, focus.Own * spread * gradient.MeanSquare));
        Send(
            node.Inputs[1],
            Logit(
                key,
                perKey
                    * (
                        (focus.Own * query.MeanSquare * gradient.MeanSquare)
                        + (others * focus.Shared * query.PositionProduct * gradient.PositionProduct)
                    )
            )
        );
    }
}
