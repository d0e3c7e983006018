-- Whether the marketplace may put an offer into promotions by itself: no, unless desired/automatic_promotions_on says
-- otherwise. As a default of the table: an update of every price costs more than all the rest. Changes desired.
alter table desired alter column text set default 'off'
